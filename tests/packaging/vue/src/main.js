import { createApp } from 'vue';
import 'assisters-chat/element';
import App from './App.vue';

createApp(App).mount('#app');
