import { mount } from 'svelte';
import 'assisters-chat/element';
import App from './App.svelte';

mount(App, { target: document.body });
